#include "tools/sceau/token_list.h"

#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "tools/sceau/display.h"

namespace sceau::cli {
namespace {

struct Row {
  std::string_view name;
  Text text;
};

// In the order of hsm::PinState.
constexpr Row kPinStates[] = {
    {"USABLE", {"", ""}},
    {"FINAL_TRY", {"un seul essai du code PIN", "one PIN try left"}},
    {"LOCKED", {"code PIN bloqué", "PIN locked"}},
    {"NOT_SET", {"sans code PIN", "no PIN set"}},
};

const Row& RowOf(hsm::PinState state) { return kPinStates[static_cast<size_t>(state)]; }

}  // namespace

void WriteTokensJson(const std::vector<ListedToken>& tokens, const TextSink& sink) {
  JsonStream json(sink);
  json.BeginArray("tokens");
  for (const auto& [token, keys] : tokens) {
    json.Element({{"label", token.label},
                  {"serial", token.serial},
                  {"keys", keys},
                  {"uri", token.uri},
                  {"manufacturer", token.manufacturer},
                  {"model", token.model},
                  {"pinPad", token.pin_pad},
                  {"pin", RowOf(token.pin).name}});
  }
  json.EndArray();
  json.Finish();
}

std::string TokensText(const std::vector<ListedToken>& tokens, Lang lang) {
  std::string text;
  for (const auto& [token, keys] : tokens) {
    AppendTo(text, Printable(token.label), "  ", Text{"n° ", "no. "}.In(lang),
             Printable(token.serial), "  ",
             Count(keys, Text{"clé", "key"}.In(lang), Text{"clés", "keys"}.In(lang)));
    const std::string_view state = RowOf(token.pin).text.In(lang);
    AppendTo(text, state.empty() ? "" : "  ", state, "\n");
  }
  if (tokens.empty()) text = Text{"Aucun jeton.\n", "No token.\n"}.In(lang);
  return text;
}

}  // namespace sceau::cli
