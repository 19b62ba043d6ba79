/* SPDX-License-Identifier: Apache-2.0 */
/* operation: the table of IPP operations that the queue knows. */
#ifndef QUEUE_OPERATION_H
#define QUEUE_OPERATION_H

#include "printscout/queue/request.h"

struct operation {
    ipp_op_t op;
    /*
     * Called when the attributes are complete; NULL: nothing to do yet. An error means that request_refuse() was
     * called. An operation that takes a document leaves an upload in the request.
     */
    enum err (*begin)(struct request *r);
    /* Called when the whole body has come, if it was not refused. */
    enum err (*end)(struct request *r);
};

/* NULL: this queue does not know it. */
const struct operation *operation_find(ipp_op_t op);

/* All of them, for operations-supported. */
const struct operation *operation_table(size_t *count);

#endif
