/* two  spaces stay */
if (a) {
    b;

}
