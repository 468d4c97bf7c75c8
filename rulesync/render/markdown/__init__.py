"""Views as Markdown for GitHub: comments, issues and job summaries, of at most 65,000 characters each.

This is the door. What is behind it is imported when something is rendered, so that nobody else pays for Jinja.
"""

from rulesync.planjson import PlanJson, ReportJson, SeveralJson


def plan(value: PlanJson, *, link: str | None = None) -> str:
    """Return a plan; `link` is where the whole report can be seen, for what has no room."""
    from rulesync.render.markdown import pieces, plan_page

    return pieces.whole(plan_page.page(value, link=link), link, "rulesync plan")


def drift(value: PlanJson, *, link: str | None = None) -> str:
    """Return what the app holds that nobody put into Git."""
    from rulesync.render.markdown import drift_page, pieces

    return pieces.whole(drift_page.page(value, link=link), link, "rulesync drift")


def status(value: PlanJson, *, link: str | None = None) -> str:
    """Return every managed rule with its state, and the links of those that wait for a person."""
    from rulesync.render.markdown import pieces, status_page

    return pieces.whole(status_page.page(value, link=link), link, "rulesync status")


def checklist(value: PlanJson, app_url: str) -> str:
    """Return a plan as boxes to tick for a person in the app."""
    from rulesync.render.markdown import checklist_page, pieces

    return pieces.whole(checklist_page.page(value, app_url), None, "rulesync checklist")


def report(value: ReportJson, *, link: str | None = None) -> str:
    """Return what a command that writes did, and which rules wait for a person."""
    from rulesync.render.markdown import pieces, report_page

    return pieces.whole(report_page.page(value, link=link), link, "rulesync plan")


def several_plans(value: SeveralJson[PlanJson], *, link: str | None = None) -> str:
    """Return the plans of several workspaces."""
    from rulesync.render.markdown import several_pages

    return several_pages.plans(value, link)


def several_drifts(value: SeveralJson[PlanJson], *, link: str | None = None) -> str:
    """Return what drifted in several workspaces."""
    from rulesync.render.markdown import several_pages

    return several_pages.drifts(value, link)


def several_statuses(value: SeveralJson[PlanJson], *, link: str | None = None) -> str:
    """Return the rules of several workspaces as they are."""
    from rulesync.render.markdown import several_pages

    return several_pages.statuses(value, link)


def several_reports(value: SeveralJson[ReportJson], *, link: str | None = None) -> str:
    """Return what was done in several workspaces."""
    from rulesync.render.markdown import several_pages

    return several_pages.reports(value, link)
