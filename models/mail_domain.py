"""Mail domains: the whitelabel records of a primary account, which `mail_domain` names."""

from typing import Any

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.queries import Compiled, number_of, slot


class MailDomain(Base):
    """A whitelabel record. The recorded list shows that one domain can stand in it twice."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE")
    domain = peewee.TextField()
    #: Of the links in its mail; empty for the same.
    url_domain = peewee.TextField(default="")

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
        rows: Any = (
            cls.select(cls.domain)
            .where(cls.account == account)
            .order_by(cls.domain)
            .distinct()
            .tuples()
        )
        return [domain for (domain,) in rows]

    @classmethod
    def remove(cls, account: Account, domain: str) -> bool:
        """Take a record away, from the subusers that use it, too; false if there was none."""
        Account.update(mail_domain="").where(
            Account.parent == account, Account.mail_domain == domain
        ).execute()
        return bool(cls.delete().where(cls.account == account, cls.domain == domain).execute())

    @classmethod
    def add(cls, account: Account, domain: str, url_domain: str = "") -> "MailDomain":
        """A new record of a primary account.

        :param url_domain: of the links in its mail, if that is another.
        :raises WrongCredentials: the account is gone since the caller was let in.
        """
        try:
            return cls.create(account=account, domain=domain, url_domain=url_domain)
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


def assign(parent: Account, subuser: Account, domain: str) -> None:
    """Let a subuser use a record of its parent in the place of the one that it had, within a
    transaction.

    :raises UnknownMailDomain: the parent has no such record.
    """
    if not MailDomain.of(parent, domain):
        raise reasons.UnknownMailDomain(hint=f"to add it: legacygrid domain add {parent.username}")
    subuser.change(mail_domain=domain)


def find_links_domain(account: Account) -> str:
    """The domain of the links in the mail of an account that has a mail domain."""
    found: str | None = _URL_DOMAIN.scalar(account=account.primary_id, domain=account.mail_domain)
    return found or account.mail_domain


_URL_DOMAIN = Compiled(
    lambda: (
        MailDomain.select(MailDomain.url_domain)
        .where(MailDomain.account == slot("account"), MailDomain.domain == slot("domain"))
        .order_by(MailDomain.id)
        .limit(1)
    )
)
