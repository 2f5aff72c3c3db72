"""The console: pages for people, under `/console/`. What a browser may see and change of an
account, by its log-in.
"""
