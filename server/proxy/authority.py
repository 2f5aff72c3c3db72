"""The private certificate authority that issues the server's certificates for the hosts of the real
services. A client has to be told to trust it.
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

#: The hosts of the certificates.
NAMES = (*SYSTEMS.hosts, *SYSTEMS.smtp_hosts, "localhost", "127.0.0.1", "::1")
#: The longest life of a server's certificate that Apple's systems accept.
LIFE = timedelta(days=825)
#: An authority that expires sooner is replaced.
SPARE = timedelta(days=30)
_ORGANIZATION = "Legacygrid"


class Authority:
    """A certificate authority: its own certificate, and those that it issues to the server."""

    def __init__(self, ca: trustme.CA) -> None:
        self._ca = ca
        self.pem = ca.cert_pem.bytes()

    @property
    def der(self) -> bytes:
        """The certificate in DER, for Java."""
        return ssl.PEM_cert_to_DER_cert(self.pem.decode("ascii"))

    def context(self) -> ssl.SSLContext:
        """TLS for the server, with a new certificate that is in memory alone."""
        now = datetime.now(UTC)
        leaf = self._ca.issue_cert(
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

    def _to_pem(self) -> bytes:
        key: bytes = self._ca.private_key_pem.bytes()
        return key + self.pem


def create() -> Authority:
    """A new authority, which no client trusts yet."""
    # RSA, since clients from before 2014 often know no other.
    ca = trustme.CA(
        organization_name=_ORGANIZATION,
        organization_unit_name="Private test authority",
        path_length=0,
        key_type=trustme.KeyType.RSA,
    )
    return Authority(ca)


def default_folder() -> Path:
    """The folder of the authority, unless `--ca-dir` names another.

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


def certificate_path(place: Path) -> Path:
    """The file of the certificate in an authority's folder."""
    return place / "ca.pem"


def load(place: Path) -> Authority:
    """The authority in a folder. It is created at first use, and again before it expires.

    :raises SetupError: the folder or what is in it cannot be used.
    """
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = _read(place / "ca-key.pem") or _create(place / "ca-key.pem")
        public = certificate_path(place)
        if not public.exists() or public.read_bytes() != authority.pem:
            _write(public, authority.pem, 0o644).replace(public)
    except OSError as error:
        raise SetupError(
            f"cannot keep a certificate authority in {place}: {error.strerror}"
        ) from None
    return authority


def _read(file: Path) -> Authority | None:
    """The authority in a file; none if it is missing or about to expire."""
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


def _create(file: Path) -> Authority:
    """Create the authority in a file, or read that of another process which was faster."""
    authority = create()
    written = _write(file, authority._to_pem(), 0o600)
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
    """Write a temporary file in the same folder, which has its mode from the begin."""
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
