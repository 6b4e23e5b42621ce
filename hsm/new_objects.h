// Objects made in a token: all of them, or none.
#pragma once

#include <vector>

#include "base/status.h"
#include "hsm/object_template.h"
#include "hsm/session.h"

namespace sceau::hsm {

// What was made so far is taken away again at the end, unless it is kept.
class NewObjects {
 public:
  // `session` is read-write and outlives this.
  explicit NewObjects(const Session& session) : session_(session) {}
  ~NewObjects();
  NewObjects(const NewObjects&) = delete;
  NewObjects& operator=(const NewObjects&) = delete;

  // C_CreateObject (v2.40 §5.7). Errors: kTokenUnavailable, kTokenError.
  StatusOr<CK_OBJECT_HANDLE> Create(ObjectTemplate object);
  void Add(CK_OBJECT_HANDLE object) { objects_.push_back(object); }
  void Keep() { objects_.clear(); }

 private:
  const Session& session_;
  std::vector<CK_OBJECT_HANDLE> objects_;
};

}  // namespace sceau::hsm
