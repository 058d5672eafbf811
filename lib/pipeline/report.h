// Fills a report from the result of a conversion.
#ifndef ZEROPOINT_PIPELINE_REPORT_H_
#define ZEROPOINT_PIPELINE_REPORT_H_

#include "ir/graph.h"
#include "plan/plan.h"
#include "zeropoint/report.h"

namespace zeropoint::pipeline {

// Adds an OpReport for each node and a TensorReport for each value of the final model.
void DescribeResult(const ir::Model& model, const plan::Plan& plan, Report& report);

}  // namespace zeropoint::pipeline

#endif  // ZEROPOINT_PIPELINE_REPORT_H_
