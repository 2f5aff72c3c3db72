"""Mail domains: the whitelabel records of a primary account, which `mail_domain` names."""

from typing import Any

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.engines.dialects import is_on
from legacygrid.models.queries import Compiled, number_of, slot
from legacygrid.models.store_commands import name_command


class MailDomain(Base):
    """A whitelabel record. The recorded list shows that one domain can stand in it twice."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE")
    account_id: int
    domain = peewee.TextField()
    #: Of the links in its mail; empty for the same.
    url_domain = peewee.TextField(default="")
    #: What v3 calls the part before its domain; empty where that is the first label.
    subdomain = peewee.TextField(default="")
    #: For mail of accounts of the tree that have no record of their own.
    is_default = peewee.BooleanField(default=False)
    #: Its entries in the DNS were looked at and found right, as far as v3 tells. Web API v2 had no
    #: others.
    valid = peewee.BooleanField(default=True)

    @property
    def parts(self) -> tuple[str, str]:
        """What v3 calls its subdomain, and its domain: `em` and `example.com`."""
        if self.subdomain:
            return self.subdomain, self.domain.removeprefix(f"{self.subdomain}.")
        first, _, rest = self.domain.partition(".")
        return (first, rest) if "." in rest else ("", self.domain)

    @property
    def links_domain(self) -> str:
        """The domain of the links in its mail."""
        return self.url_domain or self.domain

    @classmethod
    def of(cls, account: Account, domain: str) -> bool:
        """Whether the account has that record."""
        return cls.select().where(cls.account == account, cls.domain == domain).exists()

    @classmethod
    def names(cls, account: Account) -> list[str]:
        """The domains of the account's records, each once."""
        return [domain for (domain,) in _DOMAINS.run(account=account.id)]

    @classmethod
    def remove(cls, account: Account, domain: str) -> bool:
        """Take a record away, from the subusers that use it, too; false if there was none."""
        Account.update(mail_domain="").where(
            Account.parent == account, Account.mail_domain == domain
        ).execute()
        return bool(cls.delete().where(cls.account == account, cls.domain == domain).execute())

    @classmethod
    def add(
        cls, account: Account, domain: str, url_domain: str = "", **columns: Any
    ) -> "MailDomain":
        """A new record of a primary account.

        :param url_domain: of the links in its mail, if that is another.
        :raises WrongCredentials: the account is gone since the caller was let in.
        """
        try:
            return cls.create(account=account, domain=domain, url_domain=url_domain, **columns)
        except peewee.IntegrityError:
            raise reasons.WrongCredentials(hint="the account was deleted meanwhile") from None

    @classmethod
    def all_of(cls, account: Account) -> "list[MailDomain]":
        """The account's records, oldest first."""
        return list(cls.select().where(cls.account == account).order_by(cls.id))

    @classmethod
    def find(cls, account: Account, number: str) -> "MailDomain | None":
        """The account's record of that number, as it was sent, if there is one."""
        found: MailDomain | None = cls.get_or_none(
            cls.id == number_of(number), cls.account == account
        )
        return found


def list_verified(account: Account) -> frozenset[str]:
    """The domains that an account may say that its mail is from: those of its records, or of those
    of the account above it; in lower case.
    """
    rows = MailDomain.select().where(MailDomain.account == account.primary_id)
    return frozenset(each.domain.casefold() for each in rows)


def is_covered(account: Account, hostname: str) -> bool:
    """Whether a whitelabel record of the account, or of the account above it, is for the domain of
    a hostname: `em.example.com` is for `example.com`, and all under it.

    :param hostname: as `fold_host` has it.
    """
    for domain in list_verified(account):
        _, _, above = domain.partition(".")
        covered = above if "." in above else domain
        if f".{hostname}".endswith(f".{covered}"):
            return True
    return False


def assign(parent: Account, subuser: Account, domain: str) -> None:
    """Let a subuser use a record of its parent in the place of the one that it had, within a
    transaction.

    :raises UnknownMailDomain: the parent has no such record.
    """
    if not MailDomain.of(parent, domain):
        command = f"legacygrid domain add {parent.username}"
        raise reasons.UnknownMailDomain(hint=f"to add it: {name_command(command)}")
    subuser.change(mail_domain=domain)


def find_assigned(subuser: Account) -> MailDomain | None:
    """The record of its parent that a subuser uses; the oldest, if several have the name."""
    found: MailDomain | None = (
        MailDomain.select()
        .where(MailDomain.account == subuser.parent_id, MailDomain.domain == subuser.mail_domain)
        .order_by(MailDomain.id)
        .first()
    )
    return found


def take_away(record: MailDomain) -> None:
    """Take away one record of those that may have its name, within a transaction; the subusers that
    use it have none then, unless another has that name.
    """
    record.delete_instance()
    if not MailDomain.of(record.account, record.domain):
        MailDomain.remove(record.account, record.domain)


def set_default(record: MailDomain, is_default: bool) -> None:
    """Have a record be that of accounts without one of their own, in the place of another, or no
    longer; within a transaction.
    """
    others = MailDomain.account == record.account_id
    if is_default:
        MailDomain.update(is_default=False).where(others).execute()
    MailDomain.update(is_default=is_default).where(MailDomain.id == record.id).execute()


def find_domain(account: Account) -> str:
    """The mail domain of an account's mail: its own, or else the default of its primary account;
    empty if there is none.
    """
    if account.mail_domain or not account.may_have.default_domain:
        return account.mail_domain
    return _DEFAULT.scalar(account=account.primary_id) or ""


def find_links_domain(account: Account, domain: str) -> str:
    """The domain of the links in the mail of an account.

    :param domain: its mail domain.
    """
    found: str | None = _URL_DOMAIN.scalar(account=account.primary_id, domain=domain)
    return found or domain


_DEFAULT = Compiled(
    lambda: (
        MailDomain.select(MailDomain.domain)
        .where(MailDomain.account == slot("account"), is_on(MailDomain.is_default))
        .limit(1)
    )
)
_URL_DOMAIN = Compiled(
    lambda: (
        MailDomain.select(MailDomain.url_domain)
        .where(MailDomain.account == slot("account"), MailDomain.domain == slot("domain"))
        .order_by(MailDomain.id)
        .limit(1)
    )
)
_DOMAINS = Compiled(
    lambda: (
        MailDomain.select(MailDomain.domain)
        .where(MailDomain.account == slot("account"))
        .order_by(MailDomain.domain)
        .distinct()
    )
)
