// A virus scan by a running clamd (its INSTREAM command): what clamd does not answer in time is not
// scanned, and said.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/status.h"

namespace sceau::contents {

struct ClamdOptions {
  // "unix:/run/clamav/clamd.ctl", or "127.0.0.1:3310": this machine only.
  std::string address;
  // Of one content, from connection to answer.
  std::chrono::milliseconds deadline = std::chrono::seconds(60);
  // A content that could not be scanned is an error, else a warning.
  bool required = true;
};

// Error: kConfigInvalid for an address of neither form, or of another machine.
Status CheckClamdAddress(std::string_view address);

enum class ScanState { kClean, kInfected, kUnavailable };

struct ScanResult {
  ScanState state = ScanState::kUnavailable;
  std::string detail;  // the signature's name by clamd, or why there is no answer
};

ScanResult ScanForViruses(const InputFile& content, const ClamdOptions& options);

}  // namespace sceau::contents
