"""Sheets: tables that people keep in spreadsheets, as CSV of any make or as XLSX."""
