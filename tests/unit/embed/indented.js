/* a line of its own */
/* and
 * more */
var a = 'two  spaces stay'; /* as does this */
    /* both */ f(); /* of these */

    if (a) {
        b('/* no comment */');
    }
