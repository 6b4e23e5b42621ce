// Reads PDF and ZIP contents of unknown origin.
//
// libqpdf and libarchive only ever see them in a program of its own, sceau-contents, that has
// nothing but the content, a pipe for its answer, and limits (contents/program/confinement.h). When
// it crashes or takes too long it is killed, and that is the outcome: never a failure of the
// caller.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/file.h"
#include "base/status.h"
#include "contents/facts.h"

namespace sceau::contents {

struct ReaderOptions {
  // The program; empty: sceau-contents beside the running program, else where the build has it.
  std::string program;
  // Of one content, from start to answer.
  std::chrono::milliseconds deadline = std::chrono::seconds(20);
};

enum class Format { kPdf, kZip };

// `content` must have a descriptor that can be mapped (a file, a memfd). Several threads may read
// at the same time. Error: kInternal when the program cannot be started at all.
StatusOr<Facts> ReadContent(const InputFile& content, Format format,
                            const ReaderOptions& options = {});

}  // namespace sceau::contents
