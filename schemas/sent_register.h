// The register of the supporting documents that were sent: the accountant refuses an IdUnique that
// he has already, and a reference may name a document of an earlier file.
//
// IdUnique is unique for a collectivité (SIRET) over all domains and years.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/status.h"
#include "schemas/pes.h"

namespace sceau::schemas {

// The file a document was sent in.
struct SentIn {
  std::string file_name;  // NomFic
  std::string sha256;     // of the signed file, lower-case hexadecimal
};

// What is entered of one file.
struct SentDocuments {
  std::string id_coll;    // SIRET
  std::string file_name;  // NomFic
  std::vector<std::string> ids;
};
SentDocuments SentDocumentsOf(const PesFacts& facts);

class SentRegister {
 public:
  virtual ~SentRegister() = default;
  // The first file it was sent in. From many threads.
  virtual std::optional<SentIn> Find(std::string_view id_coll, std::string_view id) const = 0;
  // Enters each document that is not there yet, with the digest of the signed file; durable when it returns. From many
  // threads. Error: kSentRegisterUnusable.
  virtual Status Add(const SentDocuments& documents, const std::string& sha256) = 0;
};

// Lines in one file that is only ever appended to: SIRET, IdUnique, digest, NomFic, each escaped,
// tab between them. What another process has entered since is read before each entry. A line that
// was cut short by a crash is passed over.
class FileSentRegister final : public SentRegister {
 public:
  static constexpr std::string_view kFileName = "sent-documents";

  // In `folder`, made when there is something to write. Error: kSentRegisterUnusable.
  static StatusOr<std::shared_ptr<FileSentRegister>> Open(const std::string& folder);

  std::optional<SentIn> Find(std::string_view id_coll, std::string_view id) const override;
  Status Add(const SentDocuments& documents, const std::string& sha256) override;

 private:
  explicit FileSentRegister(const std::string& folder);
  // Takes what was appended since. `fd` is the file's.
  Status CatchUp(int fd);
  void TakeLine(std::string_view line);

  const std::string folder_, path_;
  mutable std::mutex mutex_;
  int64_t read_ = 0;  // bytes of the file that were taken: whole lines
  std::vector<SentIn> files_;
  std::map<std::string, size_t> file_numbers_;      // by digest
  absl::flat_hash_map<std::string, size_t> known_;  // "SIRET IdUnique" to a file
};

}  // namespace sceau::schemas
