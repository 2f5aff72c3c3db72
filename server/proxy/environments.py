"""The environment of a client: the variables and files by which each runtime finds its proxy and
the certificate to trust.
"""

import hashlib
import os
import struct
import time
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

#: Hosts that a client calls without the proxy.
DIRECT = "localhost,127.0.0.1,::1"


def make_environment(
    inherited: Mapping[str, str], folder: Path, proxy: tuple[str, int], pem: bytes, der: bytes
) -> dict[str, str]:
    """The environment that leads a client's calls to the emulated systems here.

    :param folder: a new one, for the files that runtimes need.
    :param pem, der: the certificate to be trusted.
    """
    trusted = _write(folder / "ca.pem", pem)
    made = {
        **_proxies(inherited, f"http://{proxy[0]}:{proxy[1]}"),
        **_trust(trusted),
        **_node(inherited, folder, trusted),
        **_php(inherited, folder, trusted),
        **_java(inherited, folder, proxy, der),
        # Perl's LWP heeds proxies only if it is asked to.
        "PERL_LWP_ENV_PROXY": "1",
    }
    return {**inherited, **made}


def _proxies(inherited: Mapping[str, str], url: str) -> dict[str, str]:
    """Every inherited proxy variable, so that none leads past us, and those that runtimes read."""
    # curl, Python, Perl, Go read https_proxy for https; Ruby's Net::HTTP reads http_proxy for both.
    names = {"http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}
    names |= {name for name in inherited if name.lower().endswith("_proxy")} - {
        "no_proxy",
        "NO_PROXY",
    }
    # An inherited list could name one of our hosts, or everything.
    return {**dict.fromkeys(sorted(names), url), "no_proxy": DIRECT, "NO_PROXY": DIRECT}


def _trust(trusted: str) -> dict[str, str]:
    return {
        # OpenSSL's own: Python's urllib and httpx, Ruby, Perl's HTTP::Tiny and IO::Socket::SSL; and
        # Go.
        "SSL_CERT_FILE": trusted,
        "CURL_CA_BUNDLE": trusted,
        # Python's requests, and httplib2, which was in use at the time.
        "REQUESTS_CA_BUNDLE": trusted,
        "HTTPLIB2_CA_CERTS": trusted,
        "PERL_LWP_SSL_CA_FILE": trusted,
        "NODE_EXTRA_CA_CERTS": trusted,
    }


def _node(inherited: Mapping[str, str], folder: Path, trusted: str) -> dict[str, str]:
    tunnel = _copy_shipped(folder, "node_tunnel.cjs")
    return {
        "NODE_OPTIONS": _join(inherited.get("NODE_OPTIONS"), f"--require {_quote(tunnel)}"),
        # What newer ones do of it by themselves would be done twice.
        "NODE_USE_ENV_PROXY": "0",
    }


def _php(inherited: Mapping[str, str], folder: Path, trusted: str) -> dict[str, str]:
    (folder / "php").mkdir()
    streams = _copy_shipped(folder, "php_streams.php")
    said = {"curl.cainfo": trusted, "openssl.cafile": trusted, "auto_prepend_file": streams}
    _write(
        folder / "php" / "legacygrid.ini",
        "".join(f'{name}="{path}"\n' for name, path in said.items()).encode(),
    )
    # An empty entry is the folder that PHP was built with.
    return {
        "PHP_INI_SCAN_DIR": inherited.get("PHP_INI_SCAN_DIR", "") + os.pathsep + str(folder / "php")
    }


def _java(
    inherited: Mapping[str, str], folder: Path, proxy: tuple[str, int], der: bytes
) -> dict[str, str]:
    store = _write(folder / "ca.jks", jks(der))
    options = [
        f"-D{scheme}.proxyHost={proxy[0]} -D{scheme}.proxyPort={proxy[1]}"
        for scheme in ("http", "https")
    ]
    options += [f"-Djavax.net.ssl.trustStore={_quote(store)} -Djavax.net.ssl.trustStoreType=JKS"]
    return {"JAVA_TOOL_OPTIONS": _join(inherited.get("JAVA_TOOL_OPTIONS"), *options)}


def jks(der: bytes) -> bytes:
    """A Java key store that trusts one certificate: the format that every Java reads, also those
    before PKCS #12.
    """
    entry = struct.pack(">I", 2) + _utf("legacygrid") + struct.pack(">Q", int(time.time() * 1000))
    entry += _utf("X.509") + struct.pack(">I", len(der)) + der
    content = struct.pack(">III", 0xFEEDFEED, 2, 1) + entry
    # The digest proves who knows the password; certificates are no secret, so nobody gives or asks
    # for one.
    seed = _PASSWORD.encode("utf-16-be") + b"Mighty Aphrodite"
    return content + hashlib.sha1(seed + content).digest()  # noqa: S324 - the format wants it


_PASSWORD = "changeit"  # noqa: S105 - Java's own, which is in its manual


def _utf(text: str) -> bytes:
    return struct.pack(">H", len(text)) + text.encode()


def _join(*options: str | None) -> str:
    return " ".join(option for option in options if option)


def _quote(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if " " in path else path


def _copy_shipped(folder: Path, name: str) -> str:
    return _write(folder / name, resources.files("legacygrid.fixtures").joinpath(name).read_bytes())


def _write(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)
