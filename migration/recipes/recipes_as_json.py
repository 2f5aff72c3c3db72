"""Recipes for programs."""

from collections.abc import Sequence
from typing import Any

from legacygrid.migration.json_texts import to_document
from legacygrid.migration.recipes import Recipe
from legacygrid.migration.requests import V3Request


def write(recipes: Sequence[Recipe]) -> str:
    """A list of objects."""
    return to_document([to_json(each) for each in recipes])


def to_json(recipe: Recipe) -> dict[str, Any]:
    """All that is known of a call."""
    row = recipe.row
    return {
        "operation": row.operation,
        "task": row.task,
        "title": row.title,
        "class": row.kind,
        "requests": [_request(each) for each in recipe.requests],
        "samples": list(recipe.samples),
        "losses": list(row.losses),
        "inversions": list(row.inversions),
        "gains": list(row.gains),
        "needs": [{"name": need.name, "why": need.why} for need in row.needs],
        "scopes": list(row.scopes),
        "reason": row.reason,
        "instead": row.instead,
        "evidence": {"level": row.evidence.level, "source": row.evidence.source},
        "code": dict(recipe.code),
    }


def _request(request: V3Request) -> dict[str, Any]:
    return {
        "verb": request.verb,
        "path": request.path,
        "template": request.template,
        "query": [list(pair) for pair in request.query],
        "on_behalf_of": request.on_behalf_of,
        "body": request.body,
        "per": request.per,
    }
