/* SPDX-License-Identifier: Apache-2.0 */
/* operation: see operation.h. */
#include "printscout/queue/operation.h"

#include "printscout/queue/operation_parts.h"

static const struct operation operations[] = {
    {IPP_OP_PRINT_JOB, print_job_begin, print_job_end},
    {IPP_OP_VALIDATE_JOB, validate_job_begin, nothing_end},
    {IPP_OP_CREATE_JOB, create_job_begin, nothing_end},
    {IPP_OP_SEND_DOCUMENT, send_document_begin, send_document_end},
    {IPP_OP_CANCEL_JOB, NULL, cancel_job_end},
    {IPP_OP_GET_JOB_ATTRIBUTES, NULL, get_job_attributes_end},
    {IPP_OP_GET_JOBS, NULL, get_jobs_end},
    {IPP_OP_GET_PRINTER_ATTRIBUTES, NULL, get_printer_attributes_end},
    {IPP_OP_HOLD_JOB, NULL, hold_job_end},
    {IPP_OP_RELEASE_JOB, NULL, release_job_end},
    {IPP_OP_SET_JOB_ATTRIBUTES, NULL, set_job_attributes_end},
    {IPP_OP_CANCEL_MY_JOBS, NULL, cancel_my_jobs_end},
    {IPP_OP_CLOSE_JOB, NULL, close_job_end},
    {IPP_OP_IDENTIFY_PRINTER, NULL, identify_printer_end},
};

const struct operation *operation_table(size_t *count)
{
    *count = sizeof operations / sizeof *operations;
    return operations;
}

const struct operation *operation_find(ipp_op_t op)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (operations[i].op == op)
            return &operations[i];
    }
    return NULL;
}

enum err nothing_end(struct request *r)
{
    (void)r;
    return OK;
}
