"""Text messages by GOV.UK Notify, where the provider has an account there."""

import logging
from dataclasses import dataclass

import requests
from notifications_python_client.errors import APIError, HTTPError, TokenError
from notifications_python_client.notifications import NotificationsAPIClient

from sgapp.integrations.outgoing import Outgoing, Undelivered

logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)  # it would name telephone numbers


@dataclass(frozen=True, slots=True)
class Text:
    """Notify with an API key and a template that takes ((text)) and ((reference))."""

    api_key: str
    template_id: str
    base_url: str = "https://api.notifications.service.gov.uk"

    def send(self, message: Outgoing) -> None:
        """Raises Undelivered."""
        client = NotificationsAPIClient(self.api_key, base_url=self.base_url, timeout=15)
        client.request_session.max_redirects = 0  # a number goes to nobody else
        try:
            client.send_sms_notification(message.to, self.template_id, reference=message.message_id,
                                         personalisation={"text": message.text, "reference": message.reference})
        except HTTPError as error:
            status = error.status_code
            raise Undelivered(f"notify-{status}", final=status == 400, certain=400 <= status < 500 and status != 408) from None
        except (APIError, TokenError, requests.RequestException) as error:
            raise Undelivered(type(error).__name__, certain=isinstance(error, TokenError)) from None
