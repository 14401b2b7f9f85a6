"""People and tokens over REST."""

from django.test import Client

from longmark.core.actors import Role


def post(client: Client, path: str, body: object):
    return client.post(f"/api/v1{path}", body, "application/json")


def test_a_caller_learns_what_it_may_do(caller):
    me = caller(Role.VIEWER).get("/api/v1/me").json()

    assert me["kind"] == "token"
    assert me["may"] == ["read", "read-ledger"]


def test_an_administrator_registers_people_and_changes_their_roles(caller):
    admin = caller(Role.ADMIN)
    body = {"username": "petra", "password": "correct horse battery", "roles": ["security"]}
    assert post(admin, "/people", body).status_code == 201

    changed = admin.put("/api/v1/people/petra/roles", {"roles": ["viewer"]}, "application/json")
    assert changed.json()["roles"] == ["viewer"]


def test_who_may_not_manage_accounts_sees_no_people(caller):
    viewer = caller(Role.VIEWER)

    assert viewer.get("/api/v1/people").status_code == 403
    assert post(viewer, "/people", {"username": "x", "roles": []}).status_code == 403


def test_a_token_is_shown_once_and_revoked(caller):
    admin = caller(Role.ADMIN)
    issued = post(admin, "/tokens", {"name": "ci", "scopes": ["read"]}).json()
    program = Client(headers={"Authorization": f"Bearer {issued['secret']}"})
    assert program.get("/api/v1/me").status_code == 200

    assert "secret" not in admin.get("/api/v1/tokens").json()["items"][0]
    post(admin, f"/tokens/{issued['id']}/revocation", {})
    assert program.get("/api/v1/me").status_code == 401


def test_a_token_makes_no_wider_token(caller):
    engineer = caller(Role.ENGINEER)

    assert post(engineer, "/tokens", {"name": "ci", "scopes": ["read"]}).status_code == 403
