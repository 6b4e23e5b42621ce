// Puts an inspection together from the contract's messages, in the order they come.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/status.h"
#include "sceau/v1/inspection.pb.h"
#include "schemas/inspection.h"

namespace sceau::client {

class InspectionReader {
 public:
  // Error kAnswerIncomplete for an entry that belongs to nothing.
  Status Take(const v1::InspectResponse& response);
  // Whole, or kAnswerIncomplete.
  StatusOr<schemas::Inspection> Finish();

 private:
  // What is in a content, until all of it has come.
  struct Open {
    schemas::OpenedContent content;
    std::optional<schemas::Inspection> document;
  };
  static constexpr int64_t kTheFile = -1;  // else the place of the attachment

  void TakeFile(const v1::InspectedFile& file);
  void TakeContent(const v1::OpenedContent& wire, int64_t piece);
  Status TakeItems(const v1::InspectedItems& items);
  Status TakeAcquit(const v1::AcquitEntry& entry);
  Status TakePart(const v1::ContentPart& part);
  bool HasAll() const;

  schemas::Inspection inspection_;
  std::map<int64_t, Open> contents_;
  int64_t acquit_entries_ = 0, content_parts_ = 0;
  std::optional<v1::InspectionEnd> end_;
};

}  // namespace sceau::client
