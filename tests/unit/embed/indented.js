/* a line of its own */
/* and
 * more */
var a = 'two  spaces stay'; /* as this does not */
    /* this stays */ f(); /* this does not */

    if (a) {
        b('/* no comment */');
    }
