// Certificates in a file of this machine.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"

namespace sceau::cli {

// One certificate in DER, or any number in PEM; each as DER. Error kInputUnreadable.
StatusOr<std::vector<std::string>> ReadCertificates(const std::string& path);

}  // namespace sceau::cli
