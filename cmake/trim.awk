# SPDX-License-Identifier: Apache-2.0
# trim: what a browser need not load of a page, a script or a style sheet: indentation, empty lines, and comments, those
# that have their lines for themselves and those that end a line of code.
{ sub(/^[ \t]+/, ""); sub(/[ \t]+\/\*[^*]*\*\/$/, "") }
inside { if (/\*\/$/) inside = 0; next }
/^\/\*/ && index($0, "*/") == length($0) - 1 { next }
/^\/\*/ && !/\*\// { inside = 1; next }
/^<!--.*-->$/ { next }
/^$/ { next }
{ print }
