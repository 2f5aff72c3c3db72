"""Where the mapping is known from."""

from legacygrid.registry.evidence import client, documented, inferred, pasted, recorded

OAI = documented("twilio/sendgrid-oai of January 2026, beside the manual of v2")
GUIDE = pasted("the vendor's guide on automating subusers")
ABSENCE = documented("twilio/sendgrid-oai of January 2026 has nothing for it")
RETIRED_MONITORS = client("StrongGrid marks the four calls as retired on December 13, 2022")
OLD_PASSWORD = client("two Terraform providers keep the old password in their state for it")
NOT_LISTED = recorded("sendgrid/docs, issues 6087 and 6194: 404 where the address is not listed")
PAGES = recorded("sendgrid-python, issue 857: 500 subusers an answer, and no Link header")
OTHER_PRODUCT = inferred("Marketing Campaigns is another product, for which nothing is mapped here")
