"""Mail, by HTTP or SMTP: submitted, transformed as its sender wishes, stored."""
