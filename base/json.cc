#include "base/json.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace sceau {
namespace {

std::string Dump(const Json& value) {
  return value.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

}  // namespace

JsonStream::JsonStream(TextSink sink) : sink_(std::move(sink)) { Begin('{', '}'); }

void JsonStream::Field(std::string_view name, const Json& value) {
  Name(name);
  Value(value);
}

void JsonStream::BeginArray(std::string_view name) {
  Name(name);
  Begin('[', ']');
}

void JsonStream::EndArray() { End(); }

void JsonStream::BeginObject(std::string_view name) {
  if (name.empty()) {
    Next();
  } else {
    Name(name);
  }
  Begin('{', '}');
}

void JsonStream::EndObject() { End(); }

void JsonStream::Element(const Json& value) {
  Next();
  Value(value);
}

void JsonStream::Finish() {
  while (!levels_.empty()) End();
  sink_("\n");
}

void JsonStream::Next() {
  if (!levels_.back().empty) sink_(",");
  levels_.back().empty = false;
  Indent();
}

void JsonStream::Name(std::string_view name) {
  Next();
  sink_(Dump(Json(name)));
  sink_(": ");
}

// Every line after the first is moved to the depth of the document here. A string never holds a
// line end of its own: JSON escapes it.
void JsonStream::Value(const Json& value) {
  const std::string text = Dump(value);
  const std::string indent(2 * levels_.size(), ' ');
  std::string_view rest = text;
  for (size_t end; (end = rest.find('\n')) != std::string_view::npos;) {
    sink_(rest.substr(0, end + 1));
    sink_(indent);
    rest.remove_prefix(end + 1);
  }
  sink_(rest);
}

void JsonStream::Begin(char open, char close) {
  sink_({&open, 1});
  levels_.push_back({close});
}

void JsonStream::End() {
  const Level level = levels_.back();
  levels_.pop_back();
  if (!level.empty) Indent();
  sink_({&level.close, 1});
}

void JsonStream::Indent() {
  sink_("\n");
  sink_(std::string(2 * levels_.size(), ' '));
}

Json NullIfEmpty(std::string_view text) { return text.empty() ? Json(nullptr) : Json(text); }

Json NullIfUnknown(int64_t number) { return number > 0 ? Json(number) : Json(nullptr); }

Json ErrorJson(const Status& status, Lang lang) {
  const Place place = PlaceOf(status);
  return {{"reason", InfoOf(ReasonOf(status).value_or(Reason::kInternal)).name},
          {"text", Describe(status, lang)},
          {"line", NullIfUnknown(place.line)},
          {"column", NullIfUnknown(place.column)},
          {"element", NullIfEmpty(place.element)}};
}

}  // namespace sceau
