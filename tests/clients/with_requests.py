import requests

CALL = {"api_user": "demo", "api_key": "demo-password", "task": "get"}
print(requests.post("https://api.sendgrid.com/apiv2/customer.profile.json", data=CALL, timeout=20).text)
try:
    requests.get("https://elsewhere.example/", timeout=20)
    print("arrived")
except requests.ConnectionError:
    print("refused")
