"""Assessments shown to people; nothing here decides anything."""
