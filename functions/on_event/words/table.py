"""What a language has to say: a page that lacks a word in one of them does not pass the type checker."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """All words of one language. language: as in `lang` of a page."""

    language: str
    # What messages are called.
    emails: str
    texts: str
    notifications: str
    any_messages: str
    # Unsubscribing.
    stop_question: str
    stop_explained: str
    stop_button: str
    stopped_title: str
    stopped: str
    at_once: str
    kept_title: str
    soon: str
    mistake: str
    # Confirming, and signing up.
    confirm_question: str
    confirm_explained: str
    confirm_button: str
    confirmed_title: str
    confirmed: str
    confirmed_before_title: str
    confirmed_before: str
    sign_up_title: str
    sign_up: str
    # Preferences.
    preferences_title: str
    preferences_lead: str
    channels: str
    by_email: str
    by_text: str
    by_notification: str
    topics: str
    save: str
    saved: str
    pause_title: str
    pause_lead: str
    pause_button: str
    paused: str
    resume_button: str
    all_off_title: str
    all_off_lead: str
    all_off_button: str
    all_off: str
    orders_anyway: str
    # Feedback.
    feedback_title: str
    feedback_lead: str
    worst: str
    best: str
    feedback_text: str
    feedback_button: str
    feedback_choose: str
    thanks_title: str
    thanks: str
    # A message in the browser.
    gone_title: str
    gone: str
    # When something is wrong.
    unknown_title: str
    unknown: str
    not_read: str
    failed_title: str
    try_again_title: str
    try_again: str
