"""Why a call is not carried out: bare classes, raised from anywhere.

What is *said* of a reason on the wire belongs to each dialect's table (`legacygrid.serializers.dialects`).
"""


class Reason(Exception):  # noqa: N818 - a reason is a noun here, not an error of the program
    """A reason why a call is not carried out.

    `hint` helps the operator and is for the log alone: it may tell apart what the wire must not.
    `texts` are the sentences of a reason that brings its own, one for each thing that is wrong.
    """

    def __init__(self, *texts: str, hint: str = "") -> None:
        super().__init__(*texts)
        self.texts = texts
        self.hint = hint


# Before the call is read


class UnknownMethod(Reason):
    """Nothing of that name answers under that prefix."""


class NotEmulated(Reason):
    """The real service answered that name; this emulator does not (yet)."""


class VerbNotAllowed(Reason):
    """Another HTTP verb than GET, HEAD, POST or OPTIONS."""


class BodyCutShort(Reason):
    """Fewer bytes arrived than Content-Length promised."""


class BodyTooLarge(Reason):
    """The body is over the limit."""


class TooManyFields(Reason):
    """Query and body hold more fields than the limit."""


class BodyTooSlow(Reason):
    """The body did not arrive within the deadline."""


class UnreadableBody(Reason):
    """The body says that it is multipart and does not parse as such."""


class ForeignBody(Reason):
    """The body is no form."""


# Who


class WrongCredentials(Reason):
    """No such login, a wrong secret, or none at all: outside these are one."""


class NotAuthorised(Reason):
    """The caller is known and may not make this call."""


# What


class UnknownTask(Reason):
    """The operation has no such `task`, or none was given where one is needed."""


class UnknownSubuser(Reason):
    """`user` is not a subuser of the caller."""


class UnknownCredential(Reason):
    """`username` is not a credential of the caller."""


class BadParameters(Reason):
    """One or more parameters do not pass their schema; `texts` has one sentence for each."""


class NameTaken(Reason):
    """The name logs somebody in already."""


class WrongPassword(Reason):
    """customer.auth: not the subuser's name and password."""


class UnknownMailDomain(Reason):
    """`mail_domain` is not a whitelabel record of the parent account."""


# The emulator itself


class StoreUnavailable(Reason):
    """The store does not answer: locked by another process, disk full, file gone."""


class Fault(Reason):
    """A fault of the emulator's own."""


class SetupError(Exception):
    """What the operator asked for cannot be: a store, a seed. No call is refused by it; the message is for a person."""
