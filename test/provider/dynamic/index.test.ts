import * as handlers from "../../../provider/dynamic";
import { handlerText, type HandlerName } from "../../../provider/dynamic/handlerText";

test("exports what the texts in states name, and each is not yet configured", () => {
  const names: HandlerName[] = ["dataKey", "exportedDataKey"];
  expect(Object.keys(handlers).sort()).toEqual(names);
  for (const name of names) {
    expect(handlerText(name)).toMatch(new RegExp(`return m\\.${name}\\}$`));
    expect(Object.keys(handlers[name])).toEqual(["configure"]);
  }
});
