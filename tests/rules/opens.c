/* SPDX-License-Identifier: Apache-2.0 */
/* opens: a program that calls one opening function. Linked with another program's edges, it shows what they allow. */

int OPENS(void); /* the real type does not matter: the linker knows names only */

int main(void)
{
    return OPENS();
}
