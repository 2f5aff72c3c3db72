curl -sS https://api.sendgrid.com/apiv2/customer.profile.json -d api_user=demo -d api_key=demo-password -d task=get
echo
curl -sS https://elsewhere.example/ && echo arrived || echo refused
