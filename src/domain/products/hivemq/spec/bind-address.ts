export {
  bindAddress,
  type BindAddress,
  isLoopback,
  isWildcard,
  resolveBindAddress,
} from '../../../spec/bind-address.js';
