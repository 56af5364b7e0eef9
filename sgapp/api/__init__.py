"""The HTTP door: sessions, intake, intents, drafts, health. Errors are problem details in plain words."""
