/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: is a request's Host this computer's? A web page from anywhere can give its own name the address 127.0.0.1 and
 * then talk to the queue as the person whose browser shows it ("DNS rebinding"); its name gives it away.
 */
#ifndef QUEUE_HOST_H
#define QUEUE_HOST_H

/*
 *   header  the Host header; NULL: there is none
 *   name    this computer's name
 */
int host_is_ours(const char *header, const char *name);

#endif
