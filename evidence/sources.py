"""Where SendGrid's answers are known from."""

GEM_2012 = "OneHQ/sendgrid_webapi, spec/cassettes, June and July 2012"
GEM_2014 = "OneHQ/sendgrid_webapi, spec/cassettes, January 2014"
CASSETTES_2013 = "markedmondson/sendgrid_api, spec/cassettes, October 2013"
CASSETTES_2016 = "markedmondson/sendgrid_api, spec/cassettes, April 2016"
MANUAL_SUBUSERS = "sendgrid/docs, Customer_Subuser_API/subusers"
MANUAL_SUBUSERS_2014 = "sendgrid/docs, Customer_Subuser_API/subusers, January 2014"
MANUAL_RESELLER = "sendgrid/docs, reseller.checkusername of January 2012, the same front end"
MANUAL_CREDENTIALS = "sendgrid/docs, Web_API/multiple_credentials"
MANUAL_PROFILE = "sendgrid/docs, Web_API/profile"
MANUAL_MAIL = "sendgrid/docs, Web_API/mail"
MANUAL_LISTS = "sendgrid/docs, Web_API/bounces, blocks, invalid_emails, spam_reports, unsubscribes"
MANUAL_PASSWORD = "sendgrid/docs, Web_API/password"  # noqa: S105 - a page's name
