"""Settings → Jobs: what TrueBooks does by itself, and the button that runs it now."""

import re

from models import AuditEntry, JobRun
from services import jobs, leases
from tests.conftest import NOON, in_words


def jobs_page(browser) -> str:
    return in_words(browser.get("/settings/jobs"))


def test_each_job_says_what_it_is_for_and_that_it_has_not_run_yet(ada):
    page = jobs_page(ada)
    assert "Daily Sync from Xero Reads accounts, tax rates" in page
    assert page.count("Not run yet") == len(jobs.JOBS)
    assert "at the next start" in page


def test_run_now_runs_it_and_the_page_tells_how_it_went_and_when_it_comes_next(connected):
    answer = connected.post("/settings/jobs/runs", {"name": "Daily Sync from Xero"})
    assert answer.location == "/settings/jobs"
    page = jobs_page(connected)
    assert "Daily Sync from Xero: Nothing changed in Xero since the last sync." in page
    assert "1 Jun 2026" in page
    assert "2 Jun" in page
    assert AuditEntry.get(AuditEntry.action == "job.run_by_hand").actor == "ada@example.com"


def test_with_htmx_only_the_table_comes_back(connected):
    answer = connected.htmx("POST", "/settings/jobs/runs", {"name": "Xero token refresh"})
    assert re.search(r'<section id="jobs"', answer.text)
    assert "<title>" not in answer.text
    assert "Xero token refresh: Nothing to do." in in_words(answer)


def test_a_job_that_is_running_cannot_be_run_again(ada):
    leases.claim("job: Daily Sync from Xero", NOON, 60)
    answer = ada.post("/settings/jobs/runs", {"name": "Daily Sync from Xero"})
    assert answer.status_code == 409
    assert "running already" in in_words(answer)


def test_failures_and_waiting_are_told_in_words(ada):
    JobRun.create(name="Daily Sync from Xero", outcome="waiting", words="Xero's daily limit of calls is used up.",
                  started_at=NOON, finished_at=NOON, next_due=NOON)
    JobRun.create(name="Xero token refresh", outcome="running", started_at=NOON)
    page = jobs_page(ada)
    assert "Waiting Xero's daily limit of calls is used up." in page
    assert "Interrupted" in page, "it says running, and nobody is at it"


def test_strangers_and_forged_forms_run_nothing(stranger, ada):
    assert ada.post("/settings/jobs/runs", {"name": "Xero token refresh"}, token="forged").status_code == 400
    assert JobRun.select().count() == 0


def test_settings_lead_to_the_jobs(ada):
    assert 'href="/settings/jobs"' in ada.get("/settings/account").text
