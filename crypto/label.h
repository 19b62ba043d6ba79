/* SPDX-License-Identifier: Apache-2.0 */
/*
 * label: what each signature, derivation and context is for. A label is hashed or signed with its closing NUL,
 * so none is the beginning of another. FORMAT.md lists what follows each.
 */
#ifndef CRYPTO_LABEL_H
#define CRYPTO_LABEL_H

#define LABEL_JOB_PAYLOAD     "latchkey/v1/job-payload"
#define LABEL_JOB_DESCRIPTION "latchkey/v1/job-description"
#define LABEL_DESCRIPTION_KEY "latchkey/v1/description-key"
#define LABEL_WRAP            "latchkey/v1/wrap"
#define LABEL_GRANT           "latchkey/v1/grant"
#define LABEL_BULLETIN        "latchkey/v1/bulletin"
#define LABEL_CERTIFICATE     "latchkey/v1/certificate"
#define LABEL_HELLO           "latchkey/v1/hello"
#define LABEL_ORDER           "latchkey/v1/order"
#define LABEL_REPORT          "latchkey/v1/report"
#define LABEL_CLOSED          "latchkey/v1/closed"
#define LABEL_MESSAGE         "latchkey/v1/message"
#define LABEL_JOIN            "latchkey/v1/join"
#define LABEL_JOIN_CODE       "latchkey/v1/join-code"
#define LABEL_JOIN_TOKEN      "latchkey/v1/join-token"
#define LABEL_RELAY_AUTH      "latchkey/v1/relay-auth"
#define LABEL_AUDIT           "latchkey/v1/audit"
#define LABEL_SITE_IDENTITY   "latchkey/v1/site-identity"
#define LABEL_ROOT_FILE       "latchkey/v1/root-file"
#define LABEL_PIN             "latchkey/v1/pin"
#define LABEL_PIN_PERSON      "latchkey/v1/pin-person"
#define LABEL_BADGE           "latchkey/v1/badge"
#define LABEL_JOB_PASSWORD    "latchkey/v1/job-password"
#define LABEL_ANSWER          "latchkey/v1/answer"

#endif
