from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

CALL = urlencode({"api_user": "demo", "api_key": "demo-password", "task": "get"}).encode()
print(urlopen("https://api.sendgrid.com/apiv2/customer.profile.json", CALL, timeout=20).read().decode())
try:
    urlopen("https://elsewhere.example/", timeout=20)
    print("arrived")
except URLError:
    print("refused")
