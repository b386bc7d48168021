import type { Format } from "./citing";
import type { Strings } from "./strings";

/** What the element says of itself, read anew whenever it is needed. */
export interface Settings {
  service: string;
  key: string;
  collection: string;
  top: number;
  placeholder: string;
  language: string;
  strings: Strings;
  debounce: number;
  timeout: number;
  recent: number;
  format: Format;
}

/** What stands around the box. */
export interface Surroundings {
  settings(): Settings;
  /** Fire an event; false where the page prevented what follows. */
  emit(name: string, detail: object): boolean;
  /** Esc with nothing left to clear; true where something was put away. */
  leave(): boolean;
}
