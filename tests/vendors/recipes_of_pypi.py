"""Runs recipes for PyPI sendgrid, each as it is printed, but for the host: JSON in, and what each answered out."""

import json
import os
import sys
from functools import partial

import sendgrid

client = sendgrid.SendGridAPIClient
told = []
for recipe in json.load(sys.stdin):
    os.environ["SENDGRID_API_KEY"] = recipe["key"]
    sendgrid.SendGridAPIClient = partial(client, host=recipe["url"])
    names = {}
    try:
        exec(compile(recipe["code"], "recipe", "exec"), names)
    except Exception as error:
        told.append({"error": f"{type(error).__name__}: {getattr(error, 'body', error)}"})
    else:
        told.append({"answer": names.get("answer")})
print(json.dumps(told))
