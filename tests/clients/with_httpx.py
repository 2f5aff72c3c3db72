import httpx

CALL = {"api_user": "demo", "api_key": "demo-password", "task": "get"}
print(httpx.post("https://api.sendgrid.com/apiv2/customer.profile.json", data=CALL, timeout=20).text)
try:
    httpx.get("https://elsewhere.example/", timeout=20)
    print("arrived")
except httpx.TransportError:
    print("refused")
