/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs: the administrator's commands, one function each. argv[0] is the command as typed ("devicescout printer add"),
 * for usage lines. Each prints its own sentences; the result only sets the exit status: 0, 2 for ERR_CONFIG (the
 * command line or the configuration), else 1.
 */
#ifndef DEVICESCOUT_VERBS_H
#define DEVICESCOUT_VERBS_H

#include "base/err.h"

/* fleet/ */
enum err verb_init(int argc, char **argv);
enum err verb_invite(int argc, char **argv);
enum err verb_withdraw(int argc, char **argv);
enum err verb_nodes(int argc, char **argv);
enum err verb_revoke(int argc, char **argv);
enum err verb_key_rotate(int argc, char **argv);
enum err verb_relay_set(int argc, char **argv);
enum err verb_policy(int argc, char **argv);
enum err verb_audit_show(int argc, char **argv);
enum err verb_audit_verify(int argc, char **argv);
enum err verb_certificate_renew(int argc, char **argv);
enum err verb_scout_add(int argc, char **argv);
enum err verb_status(int argc, char **argv);

/* desk/ */
enum err verb_audit_export(int argc, char **argv);
enum err verb_badge_convert(int argc, char **argv);
enum err verb_badge_import(int argc, char **argv);
enum err verb_badge_list(int argc, char **argv);
enum err verb_badge_revoke(int argc, char **argv);
enum err verb_delegation_end(int argc, char **argv);
enum err verb_delegation_list(int argc, char **argv);
enum err verb_directory_check(int argc, char **argv);
enum err verb_panel_add(int argc, char **argv);
enum err verb_panel_list(int argc, char **argv);
enum err verb_panel_remove(int argc, char **argv);
enum err verb_pin_clear(int argc, char **argv);
enum err verb_unlock(int argc, char **argv);
enum err verb_statistics(int argc, char **argv);
enum err verb_reader_add(int argc, char **argv);

/* reader/ */
enum err verb_reader(int argc, char **argv);

/* printers/ */
enum err verb_printer_add(int argc, char **argv);
enum err verb_printer_check(int argc, char **argv);
enum err verb_printer_trust(int argc, char **argv);
enum err verb_printer_list(int argc, char **argv);
enum err verb_printer_remove(int argc, char **argv);

#endif
