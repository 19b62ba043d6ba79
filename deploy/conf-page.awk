# SPDX-License-Identifier: Apache-2.0
# conf-page: the manual page of a configuration file, from what its program prints with --sample. Variables: name
# (printscout.conf), programs ("printscout-queue(8), …").

function text(s) {
    gsub(/\\/, "\\e", s)
    gsub(/-/, "\\-", s)
    sub(/^[.']/, "\\\\\\&&", s)
    return s
}

BEGIN {
    title = toupper(name)
    print ".\\\" SPDX-License-Identifier: Apache-2.0"
    print ".TH " title " 5 \"\" Latchkey"
    print ".SH NAME"
    print text(name) " \\- settings of " text(programs)
    print ".SH SYNOPSIS"
    print ".I /etc/latchkey/" name
    print ".SH DESCRIPTION"
    print "One setting a line, written as"
    print ".IR \"name\" \" = \" value ."
    print "Text stands in double quotes, a list in braces with commas between its items, and"
    print ".B #"
    print "begins a comment."
    print "A setting that is not there has the value shown below."
    print "An unknown or doubled setting, or a value that cannot be, is reported with file and line, and the program exits with status 2."
    print ".SH SETTINGS"
}

/^# / { help = substr($0, 3) }

/^#[a-z]/ {
    at = index($0, " = ")
    print ".TP"
    print ".BR " text(substr($0, 2, at - 2)) " \" = " quoted(text(substr($0, at + 3))) "\""
    print text(help) "."
}

function quoted(s) {
    gsub(/"/, "\\(dq", s)
    return s
}

END {
    print ".SH SEE ALSO"
    print text(programs)
}
