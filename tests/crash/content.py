"""The smallest shop there is: one campaign of one mail."""

from __future__ import annotations

FILES = {
    "shop.yaml": """\
name: Fern & Leaf
url: https://fernleaf.example
postal_address: 1 Garden Row, Bristol BS1 1AA, United Kingdom
support_email: hello@fernleaf.example
timezone: Europe/London
currency: GBP
hosts: [fernleaf.example]
send_between: ["08:00", "21:00"]
""",
    "campaigns/browse.yaml": """\
name: Browse follow-up
mode: live
trigger: {kind: browse, after: 4 hours}
exit_on: [{event: order_completed}]
once_per: 3 days
steps:
  - {send: email, id: first, template: browse/first}
""",
    "templates/browse/first.html": """\
---
subject: "{{ items[0].title }} is still here"
preheader: A word about what you looked at
---
<!doctype html>
<html lang="en" dir="ltr">
<head><title>{{ subject }}</title><meta name="color-scheme" content="light dark"></head>
<body>
<div lang="en" dir="ltr">
<div style="display:none">{{ preheader }}</div>
<p>{{ items[0].title }}</p><p>{{ shop.postal_address }}</p><a href="{{ unsubscribe_url }}">Unsubscribe</a>
</div>
</body>
</html>
""",
    "templates/browse/first.txt": "{{ items[0].title }}\n\nUnsubscribe: {{ unsubscribe_url }}\n",
}
POOL, CODES = "spring", ("SPRING-1", "SPRING-2", "SPRING-3", "SPRING-4")
# The same with a code of its own in each mail.
OFFERING = {
    **FILES,
    "offers.yaml": f"SPRING:\n  pool: {POOL}\n  text: Fifteen off\n  low_at: 1\n",
    "campaigns/browse.yaml": FILES["campaigns/browse.yaml"].replace(
        "template: browse/first}", "template: browse/first, offer: {coupon: SPRING, expires: 7 days}}"
    ),
    "templates/browse/first.txt": "{{ offer.code }}\n\nUnsubscribe: {{ unsubscribe_url }}\n",
}
