"""The connection on the command line: jobs, contacts, keys, going live, and what status tells of them."""


def test_status_tells_of_jobs_and_of_what_is_left_of_xeros_limits(connected):
    told = connected("status", "--json").json
    assert told["connection"]["state"] == "connected"
    assert told["connection"]["calls_left_this_minute"] > 0
    assert told["connection"]["parked_until"] is None
    assert {job["name"] for job in told["jobs"]} >= {
        "Xero token refresh", "Daily Sync from Xero", "Settling of unsure postings"}
    assert {job["outcome"] for job in told["jobs"]} == {"never"}
    assert "job: Daily Sync from Xero" in connected("status").out


def test_a_job_is_run_now_and_says_how_it_went_and_when_it_comes_next(connected):
    ran = connected("jobs", "run", "Daily Sync from Xero", "--json")
    assert (ran.status, ran.json["outcome"]) == (0, "done")
    listed = {job["name"]: job for job in connected("jobs", "--json").json}
    assert listed["Daily Sync from Xero"]["next_run"] == ran.json["next_run"]
    assert "Daily Sync from Xero" in connected("jobs").out
    assert connected("jobs", "run", "Coffee").err.startswith("There is no job “Coffee”")


def test_without_a_connection_the_daily_sync_has_nothing_to_do(run):
    ran = run("jobs", "run", "Daily Sync from Xero")
    assert (ran.status, "Xero is not connected" in ran.out) == (0, True)


def test_a_contact_is_picked_by_name_and_given_up_again(connected):
    assert "None is picked" in connected("contacts").out
    picked = connected("contacts", "set", "Amazon.de", "harbour street café", "--json").json
    assert picked["contact"] == "Harbour Street Café"
    assert connected("contacts", "--json").json == [picked]
    assert "There is no active contact “Nobody”" in connected("contacts", "set", "Amazon.de", "Nobody").err
    connected("contacts", "forget", "Amazon.de")
    assert connected("contacts", "--json").json == []


def test_the_key_is_changed_without_a_reconnect(connected, tmp_path):
    before = (tmp_path / "data" / "token_keys").read_text()
    rotated = connected("keys", "rotate", "--json").json
    assert (rotated["key"], rotated["still_needed"], rotated["unreadable"]) == (2, [], 0)
    assert rotated["resealed"] >= 2
    assert before not in (tmp_path / "data" / "token_keys").read_text()
    assert connected("sync").status == 0
    assert "Nothing needs an older key any more." in connected("keys", "rotate").out


def test_keys_given_by_the_environment_are_left_to_whoever_gave_them(connected, monkeypatch, tmp_path):
    own = (tmp_path / "data" / "token_keys").read_text().strip()
    monkeypatch.setenv("TOKEN_KEYS", own)
    refused = connected("keys", "rotate")
    assert refused.status == 1
    assert "TOKEN_KEYS comes from the environment" in refused.err
    monkeypatch.setenv("TOKEN_KEYS", f"7:{'cd' * 32},{own}")
    assert connected("keys", "reseal", "--json").json["still_needed"] == []
    monkeypatch.setenv("TOKEN_KEYS", f"7:{'cd' * 32}")
    assert connected("sync").status == 0


def test_going_live_needs_live_credentials_first(connected, tmp_path):
    refused = connected("go-live", "--from", tmp_path)
    assert refused.status == 1
    assert "This is the sandbox" in refused.err
