"""How each runtime is told to trust a certificate: commands for the user to run. We touch no trust
store ourselves.
"""

import shlex
from pathlib import Path

_PAGE = """\
The certificate to trust is {path}
These lines are for you to run; Legacygrid changes no trust store. \
Trust it on machines for tests alone.

For one program, by its environment:
  curl               export CURL_CA_BUNDLE={quoted}
  Python requests    export REQUESTS_CA_BUNDLE={quoted}
  httpx, urllib      export SSL_CERT_FILE={quoted}
  Ruby, Go           export SSL_CERT_FILE={quoted}
  Perl               export SSL_CERT_FILE={quoted} PERL_LWP_SSL_CA_FILE={quoted}
  Node               export NODE_EXTRA_CA_CERTS={quoted}
  wget               wget --ca-certificate={quoted} ...
  git                export GIT_SSL_CAINFO={quoted}

PHP, in php.ini (for PHP-FPM and Apache restart them):
  curl.cainfo = "{path}"
  openssl.cafile = "{path}"

Java, in a trust store of its own:
  keytool -importcert -noprompt -alias legacygrid -file {quoted} \
-keystore legacygrid.jks -storepass changeit
  java -Djavax.net.ssl.trustStore=legacygrid.jks ...

For every program of the machine, Debian and Ubuntu:
  sudo cp {quoted} /usr/local/share/ca-certificates/legacygrid.crt && sudo update-ca-certificates
and away again:
  sudo rm /usr/local/share/ca-certificates/legacygrid.crt && sudo update-ca-certificates --fresh

Fedora, RHEL and their kin:
  sudo cp {quoted} /etc/pki/ca-trust/source/anchors/legacygrid.pem && sudo update-ca-trust
and away again:
  sudo rm /etc/pki/ca-trust/source/anchors/legacygrid.pem && sudo update-ca-trust

Python's requests and httpx, Node and Java have lists of their own and do not read the machine's; \
give them the
variable or the store. Other users cannot look into the folder above: \
for them, copy the certificate to where they can.
"""


def page(path: Path) -> str:
    """The instructions for the certificate at a path."""
    return _PAGE.format(path=path, quoted=shlex.quote(str(path)))
