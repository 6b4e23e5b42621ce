// A log for tests, with its key and checkpoints.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "audit/checkpoint.h"
#include "audit/log_check.h"
#include "audit/log_writer.h"
#include "base/strings.h"
#include "tests/support/require.h"
#include "tests/support/temporary_folder.h"

namespace sceau::audit {

class TestLog {
 public:
  TestLog() : key_(*CheckpointKey::OpenOrMake(folder_.path() + "/key.pem")) { Open(); }

  std::string path() const { return folder_.path() + "/log"; }
  const test::TemporaryFolder& folder() const { return folder_; }
  LogWriter& writer() { return *writer_; }
  const CheckpointKey& key() const { return *key_; }
  EvpPkeyHandle PublicKey() const { return *ReadPublicKey(key_->PublicPem()); }

  LogWriter::Opened Open() {
    writer_.reset();
    LogWriter::Opened opened;
    auto writer = LogWriter::Open(path(), {}, opened);
    test::Require(writer.ok(), writer.status().ToString());
    writer_ = *std::move(writer);
    return opened;
  }
  void Close() { writer_.reset(); }

  void Add(const std::string& kind, const std::string& request) {
    const auto head =
        writer_->Append({{"kind", kind}, {"request", request}, {"time", "2026-01-01T00:00:00Z"}});
    test::Require(head.ok(), head.status().ToString());
  }
  // Requests that were signed.
  void AddRequests(int count) {
    for (int i = 0; i < count; ++i) {
      Add("INTENT", Concat("request", i));
      Add("DONE", Concat("request", i));
    }
  }
  Checkpoint Now() const {
    const Head head = writer_->head();
    return *key_->Sign(head.log_id, head.n, head.link, absl::UnixEpoch());
  }

  std::string Text() const { return ReadSmallFile(path()).value(); }
  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    std::string text = Text();
    for (size_t end; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1)) {
      lines.push_back(text.substr(0, end));
    }
    return lines;
  }

  // Of this text as a log.
  StatusOr<LogState> Check(std::string_view text, const Evidence* evidence = nullptr) const {
    FileDescriptor fd(::memfd_create("log", MFD_CLOEXEC));
    test::Require(
        ::pwrite(fd.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()),
        "memfd");
    SCEAU_ASSIGN_OR_RETURN(const InputFile file, InputFile::FromDescriptor(std::move(fd)));
    return CheckLog(file, evidence);
  }
  StatusOr<LogState> CheckLines(const std::vector<std::string>& lines,
                                const Evidence* evidence = nullptr) const {
    std::string text;
    for (const std::string& line : lines) AppendTo(text, line, "\n");
    return Check(text, evidence);
  }

 private:
  test::TemporaryFolder folder_;
  std::unique_ptr<CheckpointKey> key_;
  std::unique_ptr<LogWriter> writer_;
};

}  // namespace sceau::audit
