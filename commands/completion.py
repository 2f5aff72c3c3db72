"""`legacygrid completion`: what makes a shell complete the commands and their options."""

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what makes SHELL complete commands and options.

    \b
    bash:  echo 'eval "$(legacygrid completion bash)"' >> ~/.bashrc
    zsh:   echo 'eval "$(legacygrid completion zsh)"' >> ~/.zshrc    # below compinit
    fish:  legacygrid completion fish > ~/.config/fish/completions/legacygrid.fish
    """
    from click.shell_completion import get_completion_class

    writer = get_completion_class(shell)
    if writer is None:
        raise click.UsageError(f"click has no completion for {shell}")
    click.echo(writer(ctx.find_root().command, {}, "legacygrid", "_LEGACYGRID_COMPLETE").source())
