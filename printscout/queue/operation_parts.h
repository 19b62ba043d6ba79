/* SPDX-License-Identifier: Apache-2.0 */
/* operation_parts: the operations themselves, for the table in operation.c only. operation.h says what each must do. */
#ifndef QUEUE_OPERATION_PARTS_H
#define QUEUE_OPERATION_PARTS_H

#include "printscout/queue/request.h"

/* print_operations.c: those that make jobs */
enum err print_job_begin(struct request *r);
enum err print_job_end(struct request *r);
enum err validate_job_begin(struct request *r);
enum err create_job_begin(struct request *r);
enum err send_document_begin(struct request *r);
enum err send_document_end(struct request *r);

/* job_operations.c: those on jobs that are there */
enum err get_jobs_end(struct request *r);
enum err get_job_attributes_end(struct request *r);
enum err cancel_job_end(struct request *r);
enum err cancel_my_jobs_end(struct request *r);
enum err close_job_end(struct request *r);
enum err hold_job_end(struct request *r);
enum err release_job_end(struct request *r);

/* set_job_attributes.c */
enum err set_job_attributes_end(struct request *r);

/* printer_operations.c */
enum err get_printer_attributes_end(struct request *r);
enum err identify_printer_end(struct request *r);

/* Nothing is left to do at the end. */
enum err nothing_end(struct request *r);

#endif
