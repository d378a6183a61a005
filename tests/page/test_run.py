"""The Run page in a real browser, with real machines: who is meant, folded answers, output as it comes, cancel."""

from __future__ import annotations

import re

from playwright.sync_api import expect


def test_equal_answers_stand_together_and_who_is_left_out_is_told(hub, open_page):
    with hub.machine("pi-1", "run"), hub.machine("pi-2", "run"), hub.machine("pi-3"):
        page = open_page("/run?target=pi-*")
        expect(page.get_by_text("2 machines")).to_be_visible()
        expect(page.get_by_text("1 left out")).to_be_visible()
        page.get_by_label("The command").fill("echo same; echo odd >&2")
        expect(page.get_by_text("Through the machine’s shell")).to_be_visible()
        page.get_by_role("button", name="Run", exact=True).click()
        answer = page.get_by_role("article")
        expect(answer).to_have_count(1)
        expect(answer.get_by_text("pi-[1-2]")).to_be_visible()
        expect(answer.get_by_role("region", name="Output")).to_have_text("same")
        expect(answer.get_by_role("region", name="Standard error")).to_have_text("odd")


def test_output_is_followed_as_it_comes_and_a_job_can_be_ended(hub, open_page):
    with hub.machine("pi-1", "run"):
        page = open_page("/run?target=pi-1&command=echo+begun%3B+sleep+600")
        page.get_by_role("button", name="Run", exact=True).click()
        expect(page).to_have_url(re.compile(r"/run/1$"))
        page.get_by_role("tab", name="Each machine").click()
        page.get_by_role("button", name=re.compile("pi-1")).click()
        expect(page.get_by_role("region", name="Output")).to_have_text("begun")
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("cancelled").first).to_be_visible()


def test_a_program_is_written_kept_and_run(hub, open_page):
    with hub.machine("pi-1", "run"):
        page = open_page("/run?target=pi-1&kind=python")
        editor = page.get_by_role("textbox", name="The program")
        editor.click()
        page.keyboard.type("import sys\nprint(sum(range(5)), sys.argv[1:])")
        page.get_by_label("Its arguments").fill("--times 3")
        page.get_by_role("button", name="Programs").click()
        page.get_by_role("menuitem", name="Keep this one").click()
        page.get_by_label("Name").fill("sums")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("sums is kept")).to_be_visible()
        editor.click()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("region", name="Output")).to_have_text("10 ['--times', '3']")


def test_a_viewer_sees_what_was_run_and_may_not_run(hub, open_page):
    with hub.machine("pi-1", "run"):
        hub.ask("POST", "/api/v1/jobs", {"target": "pi-1", "argv": ["true"]})
    page = open_page("/run", role="viewer")
    expect(page.get_by_text("You may look, but not run anything")).to_be_visible()
    expect(page.get_by_role("link", name="true")).to_be_visible()
    refused = page.request.post(
        "/api/v1/jobs", data={"target": "pi-1", "argv": ["true"]}, headers={"X-Wacket": "1", "Origin": hub.address}
    )
    assert refused.status == 403
