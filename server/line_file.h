// A file of lines that is only added to, beside others that read it.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace sceau::server {

// At its end, in place of a line that was cut short; on the disk when it returns. The file is made
// (0640) when it is not there. Error kAuditUnavailable.
Status AddLine(const std::string& path, std::string_view line);

}  // namespace sceau::server
