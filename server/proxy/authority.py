"""The private certificate authority under which this server has its hosts' names: only who is told
to trusts it.
"""

import os
import ssl
import stat
import tempfile
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509

from legacygrid.endpoints import SYSTEMS
from legacygrid.reasons import SetupError

#: What the certificates are for.
NAMES = (*SYSTEMS.hosts, *SYSTEMS.smtp_hosts, "localhost", "127.0.0.1", "::1")
#: Apple's systems take no longer life of a server's certificate.
LIFE = timedelta(days=825)
#: An authority that ends sooner is made anew.
SPARE = timedelta(days=30)
_ORGANIZATION = "Legacygrid"


class Authority:
    """A certificate authority: its own certificate, and those that it issues to the server."""

    def __init__(self, made: trustme.CA) -> None:
        self._made = made
        self.pem = made.cert_pem.bytes()

    @property
    def der(self) -> bytes:
        """The certificate as Java has it."""
        return ssl.PEM_cert_to_DER_cert(self.pem.decode("ascii"))

    def context(self) -> ssl.SSLContext:
        """TLS for the server, under a certificate of its own that is made here and kept nowhere."""
        now = datetime.now(UTC)
        leaf = self._made.issue_cert(
            *NAMES,
            # Clients that are old enough look here alone.
            common_name=SYSTEMS.hosts[0],
            organization_name=_ORGANIZATION,
            not_before=now - timedelta(days=1),
            not_after=now + LIFE,
            key_type=trustme.KeyType.RSA,
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf.configure_cert(context)
        _take_old_clients(context)
        return context

    def _kept(self) -> bytes:
        return self._made.private_key_pem.bytes() + self.pem


def made() -> Authority:
    """A new authority, which nobody knows yet."""
    # RSA, since clients from before 2014 often know no other.
    ca = trustme.CA(
        organization_name=_ORGANIZATION,
        organization_unit_name="Private test authority",
        path_length=0,
        key_type=trustme.KeyType.RSA,
    )
    return Authority(ca)


def folder() -> Path:
    """Where the authority is kept if nothing else is said.

    :raises SetupError: this user has no home.
    """
    data = os.environ.get("XDG_DATA_HOME", "")
    try:
        return (
            Path(data) if os.path.isabs(data) else Path.home() / ".local" / "share"
        ) / "legacygrid"
    except RuntimeError:
        raise SetupError(
            "this user has no home to keep a certificate authority in; give --ca-dir"
        ) from None


def certificate(place: Path) -> Path:
    """The file of a kept authority's certificate."""
    return place / "ca.pem"


def kept(place: Path) -> Authority:
    """The authority that a folder has; made at first use, and anew when it ends.

    :raises SetupError: the folder or what is in it cannot be used.
    """
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = _read(place / "ca-key.pem") or _keep(place / "ca-key.pem")
        public = certificate(place)
        if not public.exists() or public.read_bytes() != authority.pem:
            _write(public, authority.pem, 0o644).replace(public)
    except OSError as error:
        raise SetupError(
            f"cannot keep a certificate authority in {place}: {error.strerror}"
        ) from None
    return authority


def _read(file: Path) -> Authority | None:
    """What the file has, unless it is missing or about to end."""
    try:
        with file.open("rb") as opened:
            is_open = os.name != "nt" and os.fstat(opened.fileno()).st_mode & (
                stat.S_IRWXG | stat.S_IRWXO
            )
            pem = opened.read()
    except FileNotFoundError:
        return None
    if is_open:
        raise SetupError(
            f"others may read the key in {file}, so it is worth nothing; remove it, or chmod 600 it"
        )
    try:
        begin = pem.index(b"-----BEGIN CERTIFICATE-----")
        end = x509.load_pem_x509_certificate(pem[begin:]).not_valid_after_utc
        authority = Authority(trustme.CA.from_pem(pem[begin:], pem[:begin]))
    except (ValueError, TypeError):
        raise SetupError(
            f"{file} holds no key and certificate; remove it, and a new one is made"
        ) from None
    if end > datetime.now(UTC) + SPARE:
        return authority
    file.unlink(missing_ok=True)
    return None


def _keep(file: Path) -> Authority:
    """A new authority, or that of another process which was first."""
    authority = made()
    written = _write(file, authority._kept(), 0o600)
    try:
        os.link(written, file)
    except FileExistsError:
        return _read(file) or authority
    except OSError:
        # A file system without hard links.
        written.replace(file)
    finally:
        written.unlink(missing_ok=True)
    return authority


def _write(beside: Path, content: bytes, mode: int) -> Path:
    """A new file in the same folder, that has its mode from the moment it is there."""
    # mkstemp makes it for the owner alone.
    handle, name = tempfile.mkstemp(dir=beside.parent, prefix=f".{beside.name}-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).chmod(mode)
    return Path(name)


def _take_old_clients(context: ssl.SSLContext) -> None:
    """TLS as it was in 2012. There is nothing to protect here: the other side is this machine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
