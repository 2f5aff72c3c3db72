"""Secrets: passwords hashed with bcrypt, API keys with SHA-256; neither can be read back."""

import base64
import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import bcrypt

if TYPE_CHECKING:
    from legacygrid.models.account import Account

    Rule = Callable[[str, Account], Iterable[str]]

#: bcrypt reads 72 bytes and refuses more, so it gets the SHA-256 of the secret. Django's name for
#: this scheme.
SCHEME = "bcrypt_sha256$"
#: A plain bcrypt hash, as PHP's password_hash and htpasswd make it, may come with a seed.
PLAIN = re.compile(r"\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}")
HASH = re.compile(rf"(?:{re.escape(SCHEME)})?{PLAIN.pattern}")
#: Costs of hashes, and how many hashes have each.
Costs = tuple[tuple[int, int], ...]
#: The highest cost at which a hash takes no longer than what else a write takes.
QUICK = 5
#: How many answers of bcrypt are kept in memory: so many right ones, and so many wrong ones.
MEMO = 20_000


class NewSecret:
    """A secret on its way to its hash; it never shows itself.

    :param rule: what is wrong with it for a login of an account, a sentence for each thing.
    """

    __slots__ = ("rule", "text")

    def __init__(self, text: str, rule: "Rule | None" = None) -> None:
        self.text = text
        self.rule = rule

    def wrong_for(self, account: "Account") -> list[str]:
        """What the rule has against it."""
        return list(self.rule(self.text, account)) if self.rule else []

    def hashed(self, by: "Secrets") -> "str | HashedSecret":
        """What goes on: its hash.

        :raises Exception: what `before_making` raises.
        """
        return by.hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NewSecret) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)


class RevealedSecret(NewSecret):
    """A new secret that the answer shows: its system does so, above all of those that it made
    itself.
    """

    __slots__ = ()

    def hashed(self, by: "Secrets") -> "HashedSecret":
        """Its hash, and what it is the hash of."""
        return HashedSecret(by.hash(self.text), self.text)


@dataclass(frozen=True, slots=True)
class HashedSecret:
    """A hashed secret, with the text that an answer shows once."""

    hash: str
    text: str = field(repr=False)


def key_digest(key: str) -> str:
    """What is stored of an API key, and what it is found by."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _draw(costs: Costs, number: int) -> int:
    """One of the costs, by a number of 64 bits; each as often as it is there."""
    place = number * sum(count for _, count in costs) >> 64
    for cost, count in costs:
        if place < count:
            return cost
        place -= count
    raise ValueError("there are none")


def _narrow(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest().encode()


def _matches(stored: str, secret: str) -> bool:
    if stored.startswith(SCHEME):
        return bcrypt.checkpw(_narrow(secret), stored.removeprefix(SCHEME).encode())
    # PHP, which made the hash, looks at 72 bytes; this bcrypt would refuse more.
    return bcrypt.checkpw(secret.encode("utf-8", "surrogatepass")[:72], stored.encode())


class Secrets:
    """Hashes and checks passwords, and never checks the same one twice.

    The memo is keyed by the stored hash and a digest of the secret, under a key that is random per
    process: a changed password has another hash, so nothing has to be forgotten, and no secret is
    kept.

    :param cost: bcrypt's cost, 4 to 31; each step doubles the time (about 1 ms at 4, 60 ms at 10).
    :param before_hashing: called before a hash is checked; it may raise.
    :param before_making: the same for one that is made; by default, that one.
    """

    def __init__(
        self,
        cost: int = 10,
        before_hashing: Callable[[], None] = lambda: None,
        before_making: Callable[[], None] | None = None,
    ) -> None:
        self.cost = cost
        self.before_hashing = before_hashing
        self.before_making = before_making or before_hashing
        self._key = os.urandom(32)
        #: By answer: who sends many wrong ones lets no right one be forgotten.
        self._memo: dict[bool, dict[bytes, None]] = {True: {}, False: {}}
        self._checking: dict[bytes, threading.Lock] = {}
        self._lock = threading.Lock()

    def hash(self, secret: str) -> str:
        """The hash to store.

        :raises Exception: what `before_making` raises.
        """
        self.before_making()
        return self._make(secret)

    def hash_all(self, secrets: Sequence[str], processors: int = 1) -> Iterator[str]:
        """The hashes of several, as they are made.

        :param processors: how many of the machine's are used; bcrypt lets go of Python meanwhile.
        :raises Exception: what `before_making` raises.
        """
        if not secrets:
            return
        self.before_making()
        if processors == 1 or len(secrets) == 1:
            yield from map(self._make, secrets)
            return
        with ThreadPoolExecutor(processors) as threads:
            yield from threads.map(self._make, secrets)

    def _make(self, secret: str) -> str:
        return SCHEME + bcrypt.hashpw(_narrow(secret), bcrypt.gensalt(self.cost)).decode()

    def digest(self, stored: str, secret: str) -> bytes:
        """Stands for a hash and a secret, and tells nothing of either."""
        return self._mac(f"{stored}\0{secret}")

    def recall(self, stored: str, secret: str) -> bool | None:
        """Whether the secret belongs to the stored hash, if it was checked before."""
        return self._recall(self.digest(stored, secret))

    def _recall(self, question: bytes) -> bool | None:
        if question in self._memo[True]:
            return True
        return False if question in self._memo[False] else None

    def check(self, stored: str, secret: str, if_right: Callable[[], None] = lambda: None) -> bool:
        """Whether the secret belongs to the stored hash; from memory, if it was checked before.

        :param if_right: called once, before anybody has the answer, if the secret is right.
        :raises Exception: what `before_hashing` raises, unless memory has the answer.
        """
        question = self.digest(stored, secret)
        known = self._recall(question)
        if known is not None:
            return known
        self.before_hashing()
        try:
            with self._flight(question):
                answer = self._recall(question)
                if answer is None:
                    answer = _matches(stored, secret)
                    if answer:
                        if_right()
                    self._remember(question, answer)
                return answer
        finally:
            self._checking.pop(question, None)

    def remember(self, stored: str, secret: str) -> None:
        """Note that the secret belongs to the stored hash."""
        self._remember(self.digest(stored, secret), True)

    def is_weak(self, stored: str) -> bool:
        """Whether the hash is of a lower cost than those that are made here."""
        return int(stored.rsplit("$", 2)[1]) < self.cost

    def decoy(self, name: str, costs: Costs = ()) -> str:
        """The hash of nothing, always the same for one name: an unknown name costs what a wrong
        secret costs.

        :param costs: of the hashes among which it shall not stand out; by default, those that are
            made here.
        """
        digest = self._mac(name)
        letters = base64.b64encode(digest, altchars=b"./").decode()
        cost = _draw(costs, int.from_bytes(digest[-8:])) if costs else self.cost
        # The last letter of bcrypt's salt carries two bits only, that of its hash four.
        return f"{SCHEME}$2b${cost:02}${letters[:21]}O{letters[21:51]}O"

    def _mac(self, text: str) -> bytes:
        # Keyed BLAKE2 (RFC 7693) is a MAC by itself, at a quarter of HMAC-SHA-256's time.
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._key).digest()

    def _flight(self, question: bytes) -> threading.Lock:
        """One lock a question: sixteen clients with the same cold password hash it once."""
        with self._lock:
            return self._checking.setdefault(question, threading.Lock())

    def _remember(self, question: bytes, answer: bool) -> None:
        with self._lock:
            memo = self._memo[answer]
            if len(memo) >= MEMO:
                del memo[next(iter(memo))]
            memo[question] = None
